//! Many forms in short: a secret in each line, or none.

use super::masked;
use super::tests::hides;

/// One a line, as a hostile tester wrote them.
const MORE: &str = r#"
/usr/bin/mysql -h 10.0.0.4 -u root '-pS3cr3tValue'
redis-cli -h 10.0.0.4 AUTH S3cr3tValue
redis-cli CONFIG SET requirepass S3cr3tValue
ldappasswd -x -D cn=admin -w S3cr3tValue -s S3cr3tValue uid=x
ldapmodify -D cn=admin -w S3cr3tValue -f x.ldif
ssh-keygen -t rsa -N S3cr3tValue -f k
smbclient //10.0.0.4/c S3cr3tValue -U adm
mount.cifs //s/x /mnt -o user=u%S3cr3tValue
curl -sku 'adm:S3cr3tValue' 10.0.0.4
curl -b 'session=S3cr3tValue' x
curl -E cert.pem:S3cr3tValue https://10.0.0.4
lftp -u adm,S3cr3tValue 10.0.0.4
ncftpput -u adm -p S3cr3tValue h / x
http -a adm:S3cr3tValue GET h
{"auths":{"reg.example":{"auth":"S3cr3tValue"}}}
vault kv put secret/x value=S3cr3tValue
openssl enc -aes-256-cbc -k S3cr3tValue -in x
openssl passwd -6 S3cr3tValue
7zz a -pS3cr3tValue o.7z d
printf 'root:S3cr3tValue' | chpasswd
useradd -m -p S3cr3tValue bad
htpasswd -bc .htpasswd a S3cr3tValue
ipmitool -H 10.0.0.4 -U ADMIN -P S3cr3tValue chassis status
snmpwalk -v3 -u a -A S3cr3tValue -X S3cr3tValue h
rabbitmqctl add_user a S3cr3tValue
sendEmail -xu a -xp S3cr3tValue -f b
cypher-shell -u neo4j -p S3cr3tValue
//registry.example/:_auth=S3cr3tValue
cargo login S3cr3tValue
expect -c 'spawn ssh root@h; expect "assword:"; send "S3cr3tValue\r"'
impacket-psexec adm:'S3cr3tValue'@10.0.0.4
xfreerdp /v:h /u:a '/p:S3cr3tValue'
cmd.exe /c net user /add bad S3cr3tValue
psexec \\10.0.0.4 /u adm /p S3cr3tValue cmd
tasklist /s h /u adm /p S3cr3tValue
winrs -r:h -u:adm -p:S3cr3tValue cmd
reg add "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon" /v DefaultPassword /t REG_SZ /d S3cr3tValue /f
Set-ItemProperty -Path x -Name DefaultPassword -Value S3cr3tValue
bitsadmin /SetCredentials j SERVER BASIC adm S3cr3tValue
certutil -f -p S3cr3tValue -importpfx x.pfx
"S3cr3tValue" | ConvertTo-SecureString -AsPlainText -Force
$pw = 'S3cr3tValue'
Invoke-Sqlcmd -Username sa -Password S3cr3tValue
az vm user update -n x -g y -u adm -p S3cr3tValue
az sql server create -n x -u adm -p S3cr3tValue
az keyvault secret set --vault-name v --name db --value S3cr3tValue
aws configure set aws_secret_access_key S3cr3tValue
aws ssm put-parameter --name /db/password --type SecureString --value S3cr3tValue
jdbc:oracle:thin:u/S3cr3tValue@h:1521:x
<add key="ApiSecret" value="S3cr3tValue"/>
password=&quot;S3cr3tValue&quot;
{&quot;password&quot;:&quot;S3cr3tValue&quot;}
password%3DS3cr3tValue%26x%3D1
%7B%22password%22%3A%22S3cr3tValue%22%7D
https://h/r?u=https%3A%2F%2Fa%3AS3cr3tValue%40git.example%2Fx
https://h/r?u=https%3A%2F%2Fa.blob.core.windows.net%2Fc%3Fsv%3D1%26sig%3DS3cr3tValue
"password": [ "S3cr3tValue" ]
"password":["S3cr3tValue"]
PasswordPolicy="user=sa;password=S3cr3tValue"
ConnectionStringName="Server=s;Password=S3cr3tValue"
Password: Zq S3cr3tValue
login attempt [b'root'/b'S3cr3tValue'] succeeded
login attempt [root/S3cr3tValue] succeeded
Credentials root:S3cr3tValue were used
user logged in with password S3cr3tValue
PsExec64.exe -u a -P S3cr3tValue cmd
pass{U+200B}word=S3cr3tValue
mysql -u root {U+200B}-pS3cr3tValue
password\u003dS3cr3tValue
password%253DS3cr3tValue
password%20is%20S3cr3tValue
mysql -u root '-pS3cr3tValue' db
secret: token: S3cr3tValue
Credentials: password: S3cr3tValue
user:S3cr3tValue@10.0.0.4
root:S3cr3tValue@web-01
adm:S3cr3tValue@dc01
cmd /c "net use \\h\c$ S3cr3tValue /user:a"
bash -c "mysql -uroot -pS3cr3tValue -e 'select 1; select 2'"
ssh h 'echo S3cr3tValue | sudo -S reboot'
db_pass=S3cr3tValue
The password for root is S3cr3tValue
Das Passwort=S3cr3tValue
Set-ItemProperty -Path x -Name "DefaultPassword" -Value "S3cr3tValue"
reg.exe add HKLM\x /v DefaultPassword /d S3cr3tValue /f
az sql server create -n x -u adm -p=S3cr3tValue
redis-cli auth default S3cr3tValue
Authorization: Digest username="a", response="S3cr3tValue"
"Authorization": "Bearer S3cr3tValue"
Authorization=Basic S3cr3tValue
vault kv put secret/x user=a value=S3cr3tValue other=S3cr3tValue
net use * \\h\c$ S3cr3tValue /user:a
net use "\\h\c x" S3cr3tValue /user:a
echo LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZS3cr3tValueS3cr3tValue | base64 -d
vault login s.S3cr3tValueS3cr3tValueS3c
mc alias set m http://h me S3cr3tValueS3cr3tValue
AZURE_DEVOPS_EXT_PAT=S3cr3tValue
<Password><Value>S3cr3tValue</Value></Password>
NTLMv2: adm::C:0123456789abcdef:0123456789abcdef0123456789abcdef:0101 pw=S3cr3tValue
---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- S3cr3tValue
-----BEGIN+RSA+PRIVATE+KEY-----%0AS3cr3tValue
-----BEGIN%20RSA%20PRIVATE%20KEY-----%0AS3cr3tValue
client_assertion=S3cr3tValue
sshpass -p S3cr3tValue mysql -uroot -pS3cr3tValue db
psexec \\h -u a -p -S3cr3tValue cmd
sshpass -p 'my S3cr3tValue' ssh x
mysql -p"a S3cr3tValue"
psexec -p "Pass S3cr3tValue" cmd
mysql '-pa S3cr3tValue' db
xfreerdp '/p:a S3cr3tValue'
password=ab,c<d>&S3cr3tValue
{"password":"a&b<c,S3cr3tValue","user":"a"}
password=&quot;a&amp;S3cr3tValue&quot;
password=ab{U+200B x3}S3cr3tValue
AKIA{U+200B}EXAMPLEEXAMPLE12 token=S3cr3tValue
--password='a'\''S3cr3tValue'
https://a:x/y@S3cr3tValue@h/p
curl -u 'adm:my S3cr3tValue' h
with password Summer+S3cr3tValue
cmd /c "net user bad S3cr3tValue /add & net localgroup administrators bad /add"
reg add HKLM\x /d S3cr3tValue /v DefaultPassword /f
smbclient '\\h\c' S3cr3tValue -U a
<add value="S3cr3tValue" key="ApiSecret"/>
<string name="password">S3cr3tValue</string>
machine h login a password S3cr3tValue
htpasswd -nb a S3cr3tValue
password=ab"cdS3cr3tValue
"#;

const ORDINARY: &str = r"
a code that means the password was right?
Basic authentication was used
The password was changed by alice
The password is expired
password is required
Password was reset
Secret 'db-conn' was read by app-1
password 'never expires' flag set
Signature: Trojan:Win32/Wacatac.B
host sk-webserver-prod-01 was seen
host pk-database-0001a was seen
pat-workstation-000123 logged on
hf_datasets-loader-service started
sqlmap -u http://203.0.113.7/x?id=1 --dbs
msbuild /p:Configuration=Release x.sln
date -u +%Y-%m-%d
hydra -L u.txt -P p.txt ssh://10.0.0.4
psexec -accepteula \\web-02 cmd.exe -priority x
SessionId=3
Authorization: failed for alice on web-01
Cookie: consent banner shown
token: none
PasswordLastSet: 2026-01-01
pwdLastSet=133
Passed: 3
compass: north
bypass: true
passenger: bob
tokenizer: bert
secretary: alice
ASIAPACIFICREGION1
to:alice@contoso.com
user:alice@contoso.com
mailto:alice@contoso.com
from:bob@contoso.com to:alice@contoso.com subject:invoice
sip:alice@contoso.com
Authorization: failed for alice
psexec \\h -priority x
psexec \\h -u adm -priority x
docker run -u 1000:1000 nginx
docker run --user 1000:1000 nginx
100%25 of hosts
docker pull nginx:1.25@sha256:0123456789abcdef
https://h:443/x?to=alice@contoso.com
PasswordNeverExpires: True
100%25 of R&D
UserPrincipalName:alice.meyer@contoso.com
docker run -d -p 27017:27017 mongo
curl -b cookies.txt http://h/
";

#[test]
fn more_forms() {
    for text in MORE.trim().lines() {
        hides(text, &["S3cr3tValue"]);
        let once = masked(text.to_owned());
        assert_eq!(masked(once.clone()), once);
    }
}

#[test]
fn more_ordinary_text_stays() {
    for text in ORDINARY.trim().lines() {
        assert_eq!(masked(text.to_owned()), text);
    }
}
